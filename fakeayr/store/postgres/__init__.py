"""The store on PostgreSQL; needs psycopg."""
