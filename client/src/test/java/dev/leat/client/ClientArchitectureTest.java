package dev.leat.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The client's walls. */
class ClientArchitectureTest {

  private static final JavaClasses CLIENT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.leat.client");

  @Test
  void shouldShowNoTransportInItsPublicApi() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.leat.client.internal..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "io.netty..", "com.google..", "dev.leat.v1..")
        .because("programs must not break when the transport changes")
        .check(CLIENT);
  }

  @Test
  void shouldHideItsInternals() {
    classes()
        .that()
        .resideInAPackage("dev.leat.client.internal..")
        .should()
        .onlyBeAccessed()
        .byClassesThat()
        .resideInAnyPackage("dev.leat.client.internal..", "dev.leat.client")
        .because("only the client's own entry makes its parts")
        .check(CLIENT);
  }

  @Test
  void shouldKnowNothingOfTheBroker() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.leat.broker..", "dev.leat.crds..", "dev.leat.cli..")
        .because("a client knows the protocol only")
        .check(CLIENT);
  }

  @Test
  void shouldHaveNoCyclesInside() {
    slices()
        .matching("dev.leat.client.internal.(*)..")
        .should()
        .beFreeOfCycles()
        .because("net is the ground that producer, consumer and admin stand on")
        .check(CLIENT);
  }
}
