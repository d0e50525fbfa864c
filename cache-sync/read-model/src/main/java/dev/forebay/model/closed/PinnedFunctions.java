package dev.forebay.model.closed;

import java.util.Set;

/**
 * Functions of PostgreSQL that it calls stable only because of settings that every snapshot session
 * pins (TimeZone, DateStyle, IntervalStyle, bytea_output, extra_float_digits, lc_time, lc_numeric),
 * because of the database's encoding, or because of the functions of the types they are given. A
 * stable function that is not here is taken to change by itself.
 *
 * <p>Written from pg_proc of PostgreSQL 18. Left out on purpose: what reads the clock (also the
 * input functions of dates and times, which know 'now'), tables, users, or other settings (text
 * search without a configuration).
 */
final class PinnedFunctions {

  /**
   * By name, where every stable function of the name qualifies. Money depends on lc_monetary, as
   * the README says.
   */
  private static final Set<String> NAMES =
      Set.of(
          """
          anytextcat textanycat concat concat_ws format quote_literal quote_nullable
          array_in array_out array_to_string record_in record_out range_in range_out
          multirange_in multirange_out domain_in enum_in enum_out enum_first enum_last enum_range
          convert convert_from convert_to length xml xml_in xml_is_well_formed pg_input_is_valid
          cash_in cash_out money numeric to_number
          array_to_json row_to_json to_json to_jsonb json_build_array json_build_object
          jsonb_build_array jsonb_build_object json_agg json_agg_strict json_agg_transfn
          json_agg_strict_transfn json_object_agg json_object_agg_strict json_object_agg_unique
          json_object_agg_unique_strict json_object_agg_transfn json_object_agg_strict_transfn
          json_object_agg_unique_transfn json_object_agg_unique_strict_transfn jsonb_agg
          jsonb_agg_strict jsonb_agg_transfn jsonb_agg_strict_transfn jsonb_agg_finalfn
          jsonb_object_agg_transfn jsonb_object_agg_strict_transfn jsonb_object_agg_finalfn
          jsonb_object_agg_unique_transfn jsonb_object_agg_unique_strict_transfn
          jsonb_path_exists_tz jsonb_path_match_tz jsonb_path_query_tz
          jsonb_path_query_array_tz jsonb_path_query_first_tz
          date date_add date_subtract date_part date_trunc extract date_out interval_in
          interval_out interval_pl_timestamptz timestamp timestamptz time timestamp_out
          timestamptz_out timestamptz_pl_interval timestamptz_mi_interval make_timestamptz
          overlaps in_range generate_series to_char to_date to_timestamp
          date_cmp_timestamptz date_eq_timestamptz date_ne_timestamptz date_lt_timestamptz
          date_le_timestamptz date_gt_timestamptz date_ge_timestamptz timestamptz_cmp_date
          timestamptz_eq_date timestamptz_ne_date timestamptz_lt_date timestamptz_le_date
          timestamptz_gt_date timestamptz_ge_date timestamp_cmp_timestamptz
          timestamp_eq_timestamptz timestamp_ne_timestamptz timestamp_lt_timestamptz
          timestamp_le_timestamptz timestamp_gt_timestamptz timestamp_ge_timestamptz
          timestamptz_cmp_timestamp timestamptz_eq_timestamp timestamptz_ne_timestamp
          timestamptz_lt_timestamp timestamptz_le_timestamp timestamptz_gt_timestamp
          timestamptz_ge_timestamp
          """
              .strip()
              .split("\\s+"));

  /** By signature, where only some functions of the name qualify. */
  private static final Set<String> SIGNATURES =
      Set.of(
          "timezone(timestamp without time zone)",
          "timezone(timestamp with time zone)",
          "timetz(timestamp with time zone)");

  private PinnedFunctions() {}

  /** Whether a stable function of pg_catalog returns the same in every session of ours. */
  static boolean contains(String name, String signature) {
    return NAMES.contains(name) || SIGNATURES.contains(signature);
  }
}
