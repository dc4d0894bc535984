"""The conformance kit: the executable contract of a scorer, for built-ins and plugins alike."""
