"""Review: was the score right? Back-test, discrimination and calibration."""
