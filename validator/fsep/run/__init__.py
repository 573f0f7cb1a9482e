"""The reference runner: drives the machine against chat endpoints, journals, resumes."""
