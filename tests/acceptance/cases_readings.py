"""All readings: what the specification says where careful readers may differ, a case for each."""

from __future__ import annotations

from acceptance.cases_readings_container import READINGS as CONTAINER
from acceptance.cases_readings_documents import READINGS as DOCUMENTS
from acceptance.cases_readings_language import READINGS as LANGUAGE
from acceptance.cases_readings_work import READINGS as WORK
from acceptance.readings import Reading

READINGS: list[Reading] = [*CONTAINER, *DOCUMENTS, *LANGUAGE, *WORK]
