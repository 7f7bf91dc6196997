"""What functions of one number are exactly: fast for whole arrays, and by Arb where that is not enough."""
