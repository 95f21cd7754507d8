"""What people can do with visits."""

from piggyadmin.visits.actions import create_visit, update_visit
