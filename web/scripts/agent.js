// The agents' search.
