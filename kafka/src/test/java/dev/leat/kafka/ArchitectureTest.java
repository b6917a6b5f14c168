package dev.leat.kafka;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The walls of this room. */
class ArchitectureTest {
  private static final String NETWORK = "dev.leat.kafka.network..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.leat.kafka");

  @Test
  void shouldReachTheBrokerThroughItsApi() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.leat..")
                .and(
                    not(
                        resideInAnyPackage(
                            "dev.leat.kafka..",
                            "dev.leat.broker.runtime..",
                            "dev.leat.broker.server..",
                            "dev.leat.broker.log..",
                            "dev.leat.crds..",
                            "dev.leat.api.batch..")))
                .as("reside in another room"))
        .because("a listener stands on the broker's API, as that of gRPC does")
        .check(CLASSES);
  }

  @Test
  void shouldLetOnlyTheNetworkUseNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackage(NETWORK)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .because("what a request means does not depend on how it arrives")
        .check(CLASSES);
  }
}
