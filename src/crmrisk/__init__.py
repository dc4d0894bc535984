"""Customer-relationship risk: identify, assess, treat and monitor it, and prove that the scores were right."""
