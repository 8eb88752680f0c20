"""Advice: what an integrator should mend, found in calls beside the responses to them.

`catalogue` has every piece of advice as a row, `pieces` what a rule finds, and each other module
rules: pure functions that return pieces. A new piece of advice is one row and one rule.
"""
