package dev.leat.ecosystem.connect;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Child;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL server of Debian's package, with its changes open to logical replication. */
final class Postgres implements AutoCloseable {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** It refuses to run as root. */
  private static final String USER = "postgres";

  private final Path directory;
  private final Path programs;
  private final int port;
  private final Child server;

  /**
   * Starts a new server.
   *
   * @param logs what it prints
   */
  Postgres(Path logs) throws IOException, InterruptedException {
    directory = Files.createTempDirectory("leat-postgres-");
    programs = programs();
    port = freePort();
    if (isRoot()) {
      UserPrincipal owner =
          directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
      Files.setOwner(directory, owner);
    }
    String data = directory.resolve("data").toString();
    Child init =
        Child.start(
            logs,
            "initdb",
            command("initdb", "-D", data, "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8"));
    if (init.join(LIMIT) != 0) {
      throw new AssertionError("initdb failed, see " + logs);
    }
    server =
        Child.start(
            logs,
            "postgres",
            command(
                "postgres",
                "-D",
                data,
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "wal_level=logical",
                "-c",
                "fsync=off"));
    Await.until("PostgreSQL answers, see " + logs, LIMIT, () -> sql(USER, "select 1").equals("1"));
  }

  private static Path programs() throws IOException {
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions
          .max(Comparator.comparing(Path::toString))
          .map(version -> version.resolve("bin"))
          .orElseThrow(() -> new IOException("PostgreSQL is missing: apt install postgresql"));
    }
  }

  private List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--init-groups"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  int port() {
    return port;
  }

  static String user() {
    return USER;
  }

  /** Runs statements, all or none of them; what they print. */
  String sql(String database, String statements) throws IOException, InterruptedException {
    Process psql =
        new ProcessBuilder(
                programs.resolve("psql").toString(),
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-U",
                USER,
                "-d",
                database,
                "-v",
                "ON_ERROR_STOP=1",
                "-qAtc",
                statements)
            .redirectErrorStream(true)
            .start();
    String printed = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (psql.waitFor() != 0) {
      throw new IOException("psql: " + printed);
    }
    return printed.strip();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(directory)) {
      server.kill();
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new AssertionError("PostgreSQL's files could not be deleted", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
