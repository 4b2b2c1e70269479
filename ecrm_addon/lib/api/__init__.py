"""The API for apps, tills and social channels: what it takes, and what it says it takes."""
