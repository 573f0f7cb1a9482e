"""Ratings: what raters are shown, who is assigned what, and how several ratings become one.

Pure functions of documents, events and ratings (spec/1.0/12-ratings.md, 13-profile.md "Evidence levels").
"""
