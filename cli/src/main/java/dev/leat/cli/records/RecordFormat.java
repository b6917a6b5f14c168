package dev.leat.cli.records;

import dev.leat.cli.console.Console;
import dev.leat.client.ConsumerRecord;

/** How a record is printed. */
enum RecordFormat {
  /** The value as it is, and a newline. */
  VALUE {
    @Override
    RecordPrinter printer(Console console) {
      return record -> line(console, record);
    }
  },
  /** Key, tab, value, newline; nothing for a key or value that is not there. */
  KV {
    @Override
    RecordPrinter printer(Console console) {
      return record -> {
        byte[] key = record.key();
        if (key != null) {
          console.result(key);
        }
        console.result(TAB);
        line(console, record);
      };
    }
  },
  /** A JSON object on one line. */
  JSON {
    @Override
    RecordPrinter printer(Console console) {
      return new JsonRecordPrinter(console);
    }
  };

  private static final byte[] TAB = {'\t'};
  private static final byte[] NEWLINE = {'\n'};

  /** Prints records to {@code console}. */
  abstract RecordPrinter printer(Console console);

  private static void line(Console console, ConsumerRecord record) {
    byte[] value = record.value();
    if (value != null) {
      console.result(value);
    }
    console.result(NEWLINE);
  }

  /** Prints records. */
  @FunctionalInterface
  interface RecordPrinter {
    /** Prints one. */
    void print(ConsumerRecord record);
  }
}
