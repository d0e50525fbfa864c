package dev.forebay.ops.house;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The few rules of the house that a compiler does not know; this module sees all the others. */
class HouseRulesTest {

  private static final List<String> MODULES =
      List.of(
          "kv-client",
          "cache-sync/read-model",
          "cache-sync/ledger",
          "cache-sync/worker",
          "api",
          "ops");

  private static JavaClasses main;
  private static JavaClasses tests;

  @BeforeAll
  static void read() {
    ClassFileImporter importer = new ClassFileImporter();
    main =
        importer
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.forebay");
    // Tests of other modules are on no class path: they are read where Maven compiled them.
    tests =
        importer.importPaths(
            MODULES.stream()
                .map(module -> Path.of("..", module, "target/test-classes"))
                .filter(Files::isDirectory)
                .toList());
  }

  /** An empty import would satisfy every rule. */
  @Test
  void imports_seeEveryModule() {
    for (String name : List.of("kv", "model", "ledger", "worker", "api", "ops")) {
      assertThat(main)
          .as("classes of dev.forebay.%s", name)
          .anyMatch(type -> type.getPackageName().startsWith("dev.forebay." + name));
    }
    for (String name : List.of("kv", "model", "ledger", "worker", "api", "ops")) {
      assertThat(tests)
          .as("tests of dev.forebay.%s", name)
          .anyMatch(type -> type.getPackageName().startsWith("dev.forebay." + name));
    }
  }

  @TestFactory
  List<DynamicTest> modules_dependOneWay() {
    String because =
        "dependencies run one way; pass what you need through a type of the lower module";
    return List.of(
        test(
            noClasses()
                .that()
                .resideInAPackage("dev.forebay.kv..")
                .should()
                .dependOnClassesThat(
                    resideInAnyPackage("dev.forebay..", "java.sql..", "org.postgresql..")
                        .and(DescribedPredicate.not(resideInAnyPackage("dev.forebay.kv.."))))
                .because("kv-client is the Cloudflare API and nothing else: " + because)),
        test(
            noClasses()
                .that()
                .resideInAPackage("dev.forebay.model..")
                .should()
                .dependOnClassesThat(
                    resideInAnyPackage(
                        "dev.forebay.kv..",
                        "dev.forebay.ledger..",
                        "dev.forebay.worker..",
                        "dev.forebay.api..",
                        "dev.forebay.ops..",
                        "io.debezium..",
                        "io.javalin..",
                        "okhttp3..",
                        "java.net.http.."))
                .because("read-model knows no Cloudflare, HTTP or Debezium: " + because)),
        test(
            noClasses()
                .that()
                .resideInAPackage("dev.forebay.ledger..")
                .should()
                .dependOnClassesThat(
                    resideInAnyPackage(
                        "dev.forebay.kv..",
                        "dev.forebay.worker..",
                        "dev.forebay.api..",
                        "dev.forebay.ops..",
                        "io.debezium..",
                        "io.javalin..",
                        "okhttp3.."))
                .because("ledger remembers and does nothing else: " + because)),
        test(
            noClasses()
                .that()
                .resideInAPackage("dev.forebay.api..")
                .should()
                .dependOnClassesThat(
                    resideInAnyPackage(
                        "dev.forebay.kv..",
                        "dev.forebay.worker..",
                        "dev.forebay.ops..",
                        "io.debezium..",
                        "okhttp3.."))
                .because("api writes to PostgreSQL and knows neither KV nor the log: " + because)),
        test(
            noClasses()
                .that()
                .resideInAPackage("dev.forebay.worker..")
                .should()
                .dependOnClassesThat(
                    resideInAnyPackage(
                        "dev.forebay.api..", "dev.forebay.ops..", "io.javalin..", "okhttp3.."))
                .because("worker must run without the API: " + because)));
  }

  @Test
  void packages_haveNoCycles() {
    slices()
        .matching("dev.forebay.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(
            // The clients stand with their interfaces, over the package that speaks HTTP for them.
            resideInAPackage("dev.forebay.kv"), resideInAPackage("dev.forebay.kv.http"))
        .because(
            "a package is read on its own; move the type both need into the lower one, or let the"
                + " upper one implement an interface of the lower")
        .check(main);
  }

  @Test
  void code_writesToTheLogAndNotToTheConsole() {
    noClasses()
        .should(ACCESS_STANDARD_STREAMS)
        .because("log with SLF4J key-values; commands print through picocli's writers")
        .check(main);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .because("there is one logger: org.slf4j.LoggerFactory.getLogger")
        .check(main);
  }

  @Test
  void packages_sayWhatTheyAreAndMarkNulls() {
    classes()
        .should(resideInANullMarkedPackage())
        .because(
            "each package has a package-info.java with @NullMarked: its job, entry type, threads")
        .check(main);
  }

  @Test
  void tests_neverSleep() {
    noClasses()
        .should()
        .callMethodWhere(
            target(owner(assignableTo(Thread.class).or(assignableTo(TimeUnit.class))))
                .and(target(name("sleep"))))
        .because("a test waits for a state, with Awaitility and a limit")
        .check(tests);
  }

  private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
    return new ArchCondition<>("reside in a @NullMarked package") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
        if (!marked) {
          events.add(
              SimpleConditionEvent.violated(type, type.getName() + " is in a package without it"));
        }
      }
    };
  }

  private static DynamicTest test(ArchRule rule) {
    return DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(main));
  }
}
