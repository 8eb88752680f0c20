"""What the tests share: accounts to call the fake with, a clock, and the contract's guard."""
