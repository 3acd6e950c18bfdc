"""Is somebody in trouble?"""
