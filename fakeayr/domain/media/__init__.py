"""Media: what stands behind the URLs of images and videos. No URL is ever fetched."""
