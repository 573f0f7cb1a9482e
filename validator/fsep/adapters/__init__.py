"""Foreign formats. An adapter invents nothing: what a source does not record is a gap in its loss report."""
