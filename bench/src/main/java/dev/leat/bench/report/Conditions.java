package dev.leat.bench.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.leat.bench.lab.Machine;
import java.util.Map;

/**
 * Under which conditions was measured.
 *
 * @param date when the run began, ISO 8601
 * @param machine the machine
 * @param diskOverwriteMb MB/s of overwriting 1 MiB blocks with an fdatasync each
 * @param diskAppendMb MB/s of appending such blocks to a new file
 * @param versions of all products
 * @param rounds how often everything was measured
 * @param measuredSeconds length of one measurement at full speed
 */
public record Conditions(
    @JsonProperty String date,
    @JsonProperty Machine machine,
    @JsonProperty double diskOverwriteMb,
    @JsonProperty double diskAppendMb,
    @JsonProperty Map<String, String> versions,
    @JsonProperty int rounds,
    @JsonProperty long measuredSeconds) {}
