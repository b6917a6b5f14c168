package dev.leat.broker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/**
 * The walls between the rooms, one rule for each row of the table in docs/ARCHITECTURE.md. An
 * exception needs its reason beside it.
 */
class ArchitectureTest {
  private static final String BROKER = "dev.leat.broker";
  private static final String LOG = BROKER + ".log..";
  private static final String REPLICATION = BROKER + ".replication..";
  private static final String CONTROL = BROKER + ".control..";
  private static final String JOURNAL = BROKER + ".journal..";
  private static final String TRANSPORT = BROKER + ".transport..";
  private static final String STATE = BROKER + ".state..";
  private static final String RUNTIME = BROKER + ".runtime..";
  private static final String SERVER = BROKER + ".server..";
  private static final String CRDS = "dev.leat.crds..";
  private static final String[] API = {"dev.leat.api..", "dev.leat.v1.."};

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.leat");

  /** Anything of ours outside the given packages. */
  private static DescribedPredicate<JavaClass> leatOutside(String... packages) {
    return resideInAPackage("dev.leat..")
        .and(not(resideInAnyPackage(packages)))
        .as("reside in another room");
  }

  /** Reading a clock, drawing a random number, starting a thread. */
  private static DescribedPredicate<JavaAccess<?>> callsToTheOutside() {
    return accessTo("java.lang.System", "nanoTime|currentTimeMillis")
        .or(accessTo("java.time.(Instant|LocalDateTime|ZonedDateTime|LocalDate)", "now"))
        .or(accessTo("java.time.(Clock|InstantSource)", "system.*"))
        .or(accessTo("java.util.UUID", "randomUUID"))
        .or(accessTo("java.lang.Math", "random"))
        .or(accessTo("java.util.(Random|SplittableRandom)", "<init>"))
        .or(accessTo("java.util.concurrent.ThreadLocalRandom", "current"))
        .or(accessTo("java.lang.Thread", "<init>|sleep|ofVirtual|ofPlatform|startVirtualThread"))
        .or(accessTo("java.util.concurrent.Executors", ".*"))
        .or(accessTo("java.util.concurrent.(ThreadPoolExecutor|ForkJoinPool)", "<init>|common.*"))
        .or(accessTo("java.util.concurrent.CompletableFuture", "(run|supply|.+)Async|.*OnTimeout"))
        .or(accessTo("java.util.Timer", "<init>"))
        .as("a clock, randomness or a thread");
  }

  private static DescribedPredicate<JavaAccess<?>> accessTo(String ownerName, String member) {
    return JavaAccess.Predicates.target(owner(nameMatching(ownerName)))
        .and(JavaAccess.Predicates.target(nameMatching(member)));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }

  @Test
  void shouldNoticeWhatItForbids() {
    ArchRule server =
        noClasses().that().resideInAPackage(SERVER).should().dependOnClassesThat(leatOutside(LOG));
    ArchRule runtime =
        noClasses()
            .that()
            .resideInAPackage(RUNTIME)
            .should()
            .accessTargetWhere(callsToTheOutside());

    assertThatThrownBy(() -> check(server)).hasMessageContaining("dev.leat.broker.runtime");
    assertThatThrownBy(() -> check(runtime)).hasMessageContaining("java.lang.System.nanoTime()");
  }

  @Test
  void shouldLetCrdsKnowNobody() {
    check(
        noClasses()
            .that()
            .resideInAPackage(CRDS)
            .should()
            .dependOnClassesThat(leatOutside(CRDS))
            .because("the operator and tests use the resource types without the broker"));
  }

  @Test
  void shouldLetTheApiKnowNobody() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(API)
            .should()
            .dependOnClassesThat(leatOutside(API))
            .because("it is the contract that broker and clients share"));
  }

  @Test
  void shouldKeepTheLogPure() {
    check(
        noClasses()
            .that()
            .resideInAPackage(LOG)
            .should()
            .dependOnClassesThat(leatOutside(LOG, "dev.leat.api.."))
            .because(
                "offsets, epochs and batches are decided without knowing who stores or sends"));
    checkPure(LOG);
  }

  @Test
  void shouldKeepReplicationPure() {
    check(
        noClasses()
            .that()
            .resideInAPackage(REPLICATION)
            .should()
            .dependOnClassesThat(leatOutside(REPLICATION, LOG, "dev.leat.api.."))
            .because("the group machine must run in a simulator, under any disk and network"));
    checkPure(REPLICATION);
  }

  @Test
  void shouldKeepControlPure() {
    check(
        noClasses()
            .that()
            .resideInAPackage(CONTROL)
            .should()
            .dependOnClassesThat(leatOutside(CONTROL, REPLICATION, LOG, CRDS))
            .because("the controller must run in a simulator, over any store of resources"));
    checkPure(CONTROL);
  }

  // No clock, no thread, no socket, no disk; callers bring time and randomness along.
  private static void checkPure(String room) {
    check(
        noClasses()
            .that()
            .resideInAPackage(room)
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..")
                    .or(nameMatching("java\\.io\\.(File|Random|Console).*")))
            .because("a pure core has no files and no sockets"));
    check(
        noClasses()
            .that()
            .resideInAPackage(room)
            .should()
            .accessTargetWhere(callsToTheOutside())
            .because("a pure core gives the same answer to the same events"));
  }

  @Test
  void shouldLetOnlyTheJournalUseLmdb() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(JOURNAL)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.lmdbjava..")
            .because("a wrong use of LMDB ends the JVM: one room keeps the rules"));
    check(
        noClasses()
            .that()
            .resideInAPackage(JOURNAL)
            .should()
            .dependOnClassesThat(leatOutside(JOURNAL, LOG, "dev.leat.api.."))
            .because("it is an adapter: the runtime reaches it through the ports of log"));
  }

  @Test
  void shouldLetOnlyTheTransportUseGrpc() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BROKER + "..")
            .and()
            .resideOutsideOfPackage(TRANSPORT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "dev.leat.v1..")
            .because("how clients and peers talk to a broker must be replaceable"));
    check(
        classes()
            .that()
            .resideInAPackage(TRANSPORT)
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAnyPackage(TRANSPORT, SERVER)
            .because("adapters and proxies are wired, not called"));
  }

  @Test
  void shouldLetOnlyTheStateRoomUseTheKubernetesClient() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(STATE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fabric8..")
            .because("a broker runs without Kubernetes, too"));
    check(
        noClasses()
            .that()
            .resideInAPackage(STATE)
            .should()
            .dependOnClassesThat(leatOutside(STATE, CONTROL, CRDS))
            .because("adapters of the StateStore port need the port and the resource types"));
    check(
        classes()
            .that()
            .resideInAPackage(STATE)
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAnyPackage(STATE, SERVER)
            .because("everybody else uses the StateStore port"));
  }

  @Test
  void shouldLetOnlyTheRuntimeHaveThreadsClocksAndRandomness() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BROKER + "..")
            // The server hands the machine's clock, randomness and threads to those who need them.
            .and()
            .resideOutsideOfPackages(RUNTIME, SERVER)
            .should()
            .accessTargetWhere(callsToTheOutside())
            .because("what the runtime does not give cannot be simulated"));
    check(
        noClasses()
            .that()
            .resideInAPackage(RUNTIME)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(JOURNAL, TRANSPORT, STATE, SERVER)
            .because("it runs the core, and reaches the outside through ports"));
  }

  @Test
  void shouldLetNobodySeeTheServer() {
    check(
        classes()
            .that()
            .resideInAPackage(SERVER)
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAPackage(SERVER)
            .because("wiring sees all and is seen by nobody"));
  }

  @Test
  void shouldKeepKafkaOutOfTheBroker() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BROKER + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "dev.leat.kafka..")
            .because("the Kafka listener is a room of its own, on the same log"));
  }

  @Test
  void shouldLetTheBrokerKnowNoneOfItsUsers() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BROKER + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.leat.operator..",
                "dev.leat.client..",
                "dev.leat.cli..",
                "dev.leat.bench..",
                "dev.leat.e2e..")
            .because("operator, clients, commands and tests stand on the broker, not below it"));
  }
}
