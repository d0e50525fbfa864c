package dev.forebay.ops.catalogue;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a shop does with customers, invoices and those who sell. Only Chinook has them. */
final class SalesEdits {

  private final Rows rows;

  SalesEdits(Rows rows) {
    this.rows = rows;
  }

  List<Rows.Edit> all() {
    return List.of(
        this::newCustomer,
        this::changeCustomer,
        this::changeRep,
        this::newInvoice,
        this::changeInvoice,
        this::moveInvoice,
        this::moveCountry,
        this::deleteInvoice,
        this::changeLine,
        this::moveLine,
        this::otherTrack,
        this::deleteLine,
        this::newEmployee,
        this::changeEmployee,
        this::changeBoss,
        this::deleteEmployee);
  }

  private void newCustomer() throws SQLException {
    rows.run(
        """
        insert into customer (customer_id, first_name, last_name, email, country, support_rep_id)
        values (?, ?, 'Smith', ?, ?, ?)\
        """,
        rows.newId(),
        rows.name(),
        rows.name(),
        country(),
        rows.any("employee"));
  }

  private void changeCustomer() throws SQLException {
    rows.run(
        "update customer set first_name = ?, company = ?, email = ?, country = ? where customer_id = ?",
        rows.name(),
        rows.nameOrNull(),
        rows.name(),
        country(),
        rows.any("customer"));
  }

  private void changeRep() throws SQLException {
    rows.run(
        "update customer set support_rep_id = ? where customer_id = ?",
        rows.below(4) == 0 ? null : rows.any("employee"),
        rows.any("customer"));
  }

  private void newInvoice() throws SQLException {
    int invoice = rows.newId();
    rows.run(
        """
        insert into invoice (invoice_id, customer_id, invoice_date, billing_country, total)
        values (?, ?, timestamp '2026-01-01' + ? * interval '1 hour', ?, ?)\
        """,
        invoice,
        rows.any("customer"),
        rows.below(9_000),
        country(),
        rows.below(20));
    newLine(invoice);
    newLine(invoice);
  }

  private void newLine(int invoice) throws SQLException {
    rows.run(
        "insert into invoice_line values (?, ?, ?, ?, ?)",
        rows.newId(),
        invoice,
        rows.any("track"),
        rows.below(3),
        rows.below(5));
  }

  private void changeInvoice() throws SQLException {
    rows.run(
        "update invoice set invoice_date = invoice_date + ? * interval '1 day', total = ?"
            + " where invoice_id = ?",
        rows.below(900),
        rows.below(20),
        rows.any("invoice"));
  }

  private void moveInvoice() throws SQLException {
    rows.run(
        "update invoice set customer_id = ? where invoice_id = ?",
        rows.any("customer"),
        rows.any("invoice"));
  }

  /** The country is in keys; without one there is no document. */
  private void moveCountry() throws SQLException {
    rows.run(
        "update invoice set billing_country = ? where invoice_id = ?",
        country(),
        rows.any("invoice"));
  }

  private @Nullable String country() {
    int which = rows.below(6);
    return which == 0 ? null : List.of("USA", "Ås/Ø", "100 %", "", "Peru").get(which - 1);
  }

  private void deleteInvoice() throws SQLException {
    Integer invoice = rows.any("invoice");
    rows.run("delete from invoice_line where invoice_id = ?", invoice);
    rows.run("delete from invoice where invoice_id = ?", invoice);
  }

  private void changeLine() throws SQLException {
    rows.run(
        "update invoice_line set quantity = ?, unit_price = ? where invoice_line_id = ?",
        rows.below(5),
        rows.below(3),
        rows.any("invoice_line"));
  }

  private void moveLine() throws SQLException {
    rows.run(
        "update invoice_line set invoice_id = ? where invoice_line_id = ?",
        rows.any("invoice"),
        rows.any("invoice_line"));
  }

  private void otherTrack() throws SQLException {
    rows.run(
        "update invoice_line set track_id = ? where invoice_line_id = ?",
        rows.any("track"),
        rows.any("invoice_line"));
  }

  private void deleteLine() throws SQLException {
    rows.run("delete from invoice_line where invoice_line_id = ?", rows.any("invoice_line"));
  }

  private void newEmployee() throws SQLException {
    rows.run(
        "insert into employee (employee_id, first_name, last_name, title, reports_to)"
            + " values (?, left(?, 20), 'Smith', left(?, 30), ?)",
        rows.newId(),
        rows.name(),
        rows.nameOrNull(),
        rows.any("employee"));
  }

  private void changeEmployee() throws SQLException {
    rows.run(
        "update employee set first_name = left(?, 20), last_name = right(?, 20), title = left(?, 30)"
            + " where employee_id = ?",
        rows.name(),
        rows.name(),
        rows.nameOrNull(),
        rows.any("employee"));
  }

  /** Anybody may report to anybody, even in a circle. */
  private void changeBoss() throws SQLException {
    rows.run(
        "update employee set reports_to = ? where employee_id = ?",
        rows.below(4) == 0 ? null : rows.any("employee"),
        rows.any("employee"));
  }

  private void deleteEmployee() throws SQLException {
    Integer employee = rows.any("employee");
    Integer other = rows.any("employee where employee_id <> " + employee);
    rows.run("update employee set reports_to = ? where reports_to = ?", other, employee);
    rows.run("update customer set support_rep_id = ? where support_rep_id = ?", other, employee);
    rows.run("delete from employee where employee_id = ?", employee);
  }
}
