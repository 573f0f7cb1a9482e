"""The steps of a rated study: packets for raters, ratings, figures, claims; each written beside the runs."""
