package dev.forebay.api.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePatchTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The cases of RFC 7396, appendix A, with apostrophes for quotes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':'b'} | {'a':'c'} | {'a':'c'}",
        "{'a':'b'} | {'b':'c'} | {'a':'b','b':'c'}",
        "{'a':'b'} | {'a':null} | {}",
        "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}",
        "{'a':['b']} | {'a':'c'} | {'a':'c'}",
        "{'a':'c'} | {'a':['b']} | {'a':['b']}",
        "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
        "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}",
        "['a','b'] | ['c','d'] | ['c','d']",
        "{'a':'b'} | ['c'] | ['c']",
        "{'a':'foo'} | null | null",
        "{'a':'foo'} | 'bar' | 'bar'",
        "{'e':null} | {'a':1} | {'e':null,'a':1}",
        "[1,2] | {'a':'b','c':null} | {'a':'b'}",
        "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}",
      })
  void apply_rfc7396(String target, String patch, String result) throws Exception {
    assertThat(MergePatch.apply(parse(target), parse(patch))).isEqualTo(parse(result));
  }

  @Test
  void apply_leavesTheTargetAlone() throws Exception {
    JsonNode target = parse("{'a':{'b':1}}");

    MergePatch.apply(target, parse("{'a':{'b':2},'c':3}"));

    assertThat(target).isEqualTo(parse("{'a':{'b':1}}"));
  }

  private static JsonNode parse(String json) throws Exception {
    return MAPPER.readTree(json.replace('\'', '"'));
  }
}
