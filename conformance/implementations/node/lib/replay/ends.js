// The ways in which a replay comes to its end before the program does.

/** The record differs from the program; the requirement says in what. */
export class Difference extends Error {
  constructor(requirement) {
    super(requirement);
    this.requirement = requirement;
  }
}

/** The replay needs a withheld value. */
export class NeedsWithheld extends Error {}

/** The run needs more work than a run has, or a text or list that is too long. */
export class OutOfWork extends Error {}

/** The events of a failed run are at their end. */
export class BrokenOff extends Error {}

/** A step stopped the run at its bound. */
export class Stopped extends Error {}
