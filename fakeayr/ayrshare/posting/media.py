"""Media: content types, what may be uploaded, and how long it is kept."""

CONTENT_TYPES = {
    "avif": "image/avif",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "jfif": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "tiff": "image/tiff",
    "tif": "image/tiff",
    "webp": "image/webp",
    "3gp": "video/3gpp",
    "avi": "video/x-msvideo",
    "m4v": "video/x-m4v",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "mpeg": "video/mpeg",
    "mpg": "video/mpeg",
    "webm": "video/webm",
    "wmv": "video/x-ms-wmv",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "htm": "text/html",
    "html": "text/html",
    "json": "application/json",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "pdf": "application/pdf",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
    "wav": "audio/wav",
    "zip": "application/zip",
}
"""Content types by extension, the usual one of a type first, as the IANA registry and web servers
have them (inferred)."""

EXTENSIONS = {
    content_type: extension
    for extension, content_type in reversed(CONTENT_TYPES.items())
    if content_type.startswith(("image/", "video/"))
}
"""How the address of an uploaded file ends; `jpeg` is documented, the others are alike."""

UPLOAD_URL_TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "quicktime": "video/quicktime",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
"""What `contentType` of GET /media/uploadUrl may be (documented), and the type that it means."""

UPLOAD_MAX_MEGABYTES = 30
"""The largest file of POST /media/upload; older pages say 10 (documented)."""
UPLOAD_KEPT_DAYS = 90
"""How long a file of POST /media/upload is kept (documented)."""
UPLOAD_URL_MINUTES = 30
"""How long an upload URL takes its file (documented)."""
UPLOAD_URL_KEPT_DAYS = 30
"""How long a file of an upload URL is kept, from when the URL was asked for (documented)."""

RESIZE_DIMENSIONS = {
    "bluesky": (1200, 675),
    "facebook": (1200, 630),
    "gmb": (1200, 900),
    "instagram": (1080, 1080),
    "linkedin": (1200, 627),
    "pinterest": (1000, 1500),
    "reddit": (1200, 630),
    "snapchat": (1080, 1920),
    "telegram": (1280, 720),
    "threads": (1080, 1080),
    "tiktok": (1080, 1920),
    "twitter": (1200, 675),
    "youtube": (1280, 720),
}
"""Width and height that POST /media/resize makes for a network: usual ones (inferred)."""
