"""What tables hold of people, said in one way."""
