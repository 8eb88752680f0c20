"""What Ayrshare says of calls that went well."""

POST_IS_VALID = (
    "No validation issues were found with this post. This is only an Ayrshare validation test and "
    "the post may still return an error by the social networks."
)
"""`message` of POST /validate/post (documented)."""
JSON_IS_VALID = "Valid JSON. Nice Job!"
"""`message` of POST /validate/json (documented)."""
AUTO_SCHEDULE_SET = "Auto schedule set."
"""`message` of POST /auto-schedule (documented)."""
