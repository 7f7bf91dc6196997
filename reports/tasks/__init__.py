"""Where independent tasks run: in processes here, or on a Dask cluster. What they do is elsewhere."""
