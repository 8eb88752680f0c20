"""The hosted linking page: routes, templates and static files."""
