"""What can be deployed: versions of services, from the pipeline that makes each to where it runs."""
