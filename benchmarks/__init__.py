"""How fast the fake is, on this machine, beside what else one could run: `python -m benchmarks`."""
