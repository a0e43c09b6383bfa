"""Where items come from: feeds, sitemaps, directories of wire files, and files handed over by a person."""
