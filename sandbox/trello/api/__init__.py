"""The calls of the REST API, a file for each kind of thing."""
