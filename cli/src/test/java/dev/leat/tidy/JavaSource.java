package dev.leat.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A Java file as the compiler's parser sees it.
 *
 * @param path relative to the top of the repository
 * @param text its lines
 * @param types simple names of the types it declares
 * @param methods its methods and constructors that have a body
 */
record JavaSource(Path path, List<String> text, List<String> types, List<Method> methods) {
  private static final String CONSTRUCTOR = "<init>";

  /**
   * A method.
   *
   * @param name its name; {@code <init>} for a constructor
   * @param lines from its signature to its closing brace
   * @param parameters how many it takes; 0 for a constructor of a record
   */
  record Method(String name, int lines, int parameters) {
    boolean isConstructor() {
      return name.equals(CONSTRUCTOR);
    }
  }

  /** All Java files below {@code folder} of the repository's modules. */
  static List<JavaSource> below(Path top, String folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var modules = Files.list(top)) {
      for (Path module : modules.sorted().toList()) {
        Path root = module.resolve(folder);
        if (Files.isDirectory(root)) {
          try (var found = Files.walk(root)) {
            found.filter(file -> file.toString().endsWith(".java")).sorted().forEach(files::add);
          }
        }
      }
    }
    return parse(top, files);
  }

  private static List<JavaSource> parse(Path top, List<Path> files) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      var objects = manager.getJavaFileObjectsFromPaths(files);
      JavacTask task = (JavacTask) compiler.getTask(null, manager, null, null, null, objects);
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      return StreamSupport.stream(task.parse().spliterator(), false)
          .map(unit -> read(top, unit, positions))
          .toList();
    }
  }

  private static JavaSource read(Path top, CompilationUnitTree unit, SourcePositions positions) {
    List<String> types = new ArrayList<>();
    List<Method> methods = new ArrayList<>();
    new TreeScanner<Void, Boolean>() {
      @Override
      public Void visitClass(ClassTree type, Boolean inRecord) {
        types.add(type.getSimpleName().toString());
        return super.visitClass(type, type.getKind() == Tree.Kind.RECORD);
      }

      @Override
      public Void visitMethod(MethodTree method, Boolean inRecord) {
        if (method.getBody() != null) {
          methods.add(method(method, inRecord, lines(unit, positions, method)));
        }
        return super.visitMethod(method, inRecord);
      }
    }.scan(unit, false);
    Path path = Path.of(unit.getSourceFile().toUri());
    try {
      return new JavaSource(top.relativize(path), Files.readAllLines(path), types, methods);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Method method(MethodTree method, boolean inRecord, int lines) {
    String name = method.getName().toString();
    boolean forComponents = inRecord && name.equals(CONSTRUCTOR);
    return new Method(name, lines, forComponents ? 0 : method.getParameters().size());
  }

  // Without the annotations and the comment before it.
  private static int lines(CompilationUnitTree unit, SourcePositions positions, MethodTree method) {
    LineMap map = unit.getLineMap();
    Tree first = method.getReturnType() == null ? method.getBody() : method.getReturnType();
    long start = positions.getStartPosition(unit, first);
    long end = positions.getEndPosition(unit, method);
    return start < 0 || end < 0 ? 1 : (int) (map.getLineNumber(end) - map.getLineNumber(start) + 1);
  }
}
