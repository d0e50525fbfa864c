package dev.forebay.ops;

import dev.forebay.model.file.FileSchema;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "schema",
    description = "Print the JSON Schema of forebay.yaml, for editors.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Write it beside forebay.yaml, whose first line then says:",
      "# yaml-language-server: $schema=forebay.schema.json"
    })
final class SchemaCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(FileSchema.json());
    out.flush();
    return ExitCode.OK;
  }
}
