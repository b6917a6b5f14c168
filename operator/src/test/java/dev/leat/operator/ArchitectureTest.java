package dev.leat.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The walls inside the operator: what decides does not do. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.leat.operator");

  @Test
  void shouldDecideWithoutAskingOrDoing() {
    noClasses()
        .that()
        .resideInAnyPackage("..operator.plan..", "..operator.desired..", "..operator.status..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes.client..", "io.javaoperatorsdk..", "..operator.reconcile..")
        .because("plans, objects and statuses are tested by what goes in and comes out")
        .check(CLASSES);
  }

  @Test
  void shouldKnowNoBroker() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.leat.broker..", "dev.leat.client..", "dev.leat.cli..")
        .because("the operator and the brokers meet in resources only")
        .check(CLASSES);
  }
}
