"""Tests of the dashboard's shell."""
