package dev.forebay.api.write;

import java.sql.SQLException;

/** A statement failed, and this is the operation that it was for. */
final class FailedStepException extends SQLException {

  private static final long serialVersionUID = 1L;

  private final transient Step step;
  private final SQLException fault;

  FailedStepException(Step step, SQLException fault) {
    super(fault.getMessage(), fault.getSQLState(), fault);
    this.step = step;
    this.fault = fault;
  }

  Step step() {
    return step;
  }

  SQLException fault() {
    return fault;
  }
}
