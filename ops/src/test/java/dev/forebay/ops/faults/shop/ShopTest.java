package dev.forebay.ops.faults.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShopTest {

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          purchase:r | {"total":3,"items":1,"tx":"1","line_sum":"3","lines":[{"amount":3,"tx":"1"}]} | false
          purchase:r | {"total":3,"items":1,"tx":"2","line_sum":"3","lines":[{"amount":3,"tx":"1"}]} | true
          purchase:r | {"total":4,"items":1,"tx":"1","line_sum":"3","lines":[{"amount":3,"tx":"1"}]} | true
          purchase:r | {"total":3,"items":2,"tx":"1","line_sum":"3","lines":[{"amount":3,"tx":"1"}]} | true
          purchase:r | {"total":0,"items":0,"tx":"1","line_sum":null,"lines":[]}                     | false
          customer:c | {"code":"c","spent":5,"orders":1,"purchase_sum":"5","purchase_count":1}       | false
          customer:d | {"code":"c","spent":5,"orders":1,"purchase_sum":"5","purchase_count":1}       | true
          customer:c | {"code":"c","spent":5,"orders":1,"purchase_sum":"6","purchase_count":1}       | true
          customer:c | {"code":"c","spent":5,"orders":1,"purchase_sum":"5","purchase_count":2}       | true
          product:p  | {"title":"t","tags":1,"labels":[{"name":"x"}]}                                | false
          product:p  | {"title":"t","tags":0,"labels":[{"name":"x"}]}                                | true
          product:p  | {"title":"POISON","tags":0,"labels":[]}                                       | true
          tag:t      | {"products":[{"title":"POISON"}]}                                             | true
          """)
  void document_thatNoCommittedStateHad_isFound(String key, String json, boolean wrong)
      throws JsonProcessingException {
    assertThat(new Shop().rules().fault(key, new JsonMapper().readTree(json)).isPresent())
        .isEqualTo(wrong);
  }
}
