# Prints, of Surefire's reports, each test that has failed: its name, what it says, where, and of what it printed
# the first severe and the last lines.
# All but the names begin with "|". -v most=N: no more tests than that are printed whole.

function attribute(name, line) {
  if (!match(line, " " name "=\"[^\"]*\"")) return ""
  line = substr(line, RSTART, RLENGTH)
  sub(/^[^"]*"/, "", line)
  sub(/"$/, "", line)
  gsub(/&#10;/, " ", line)
  gsub(/&quot;/, "\"", line)
  gsub(/&apos;/, "'", line)
  gsub(/&lt;/, "<", line)
  gsub(/&gt;/, ">", line)
  gsub(/&amp;/, "\\&", line)
  return line
}

function tell(line) { if (failed <= most) print "| " substr(line, 1, max_width) }

# One line of a stack trace: the message; where in the project, and in the test; causes.
function trace(line) {
  sub(/^.*<!\[CDATA\[/, "", line)
  sub(/\]\]>.*$/, "", line)
  if (line ~ /^[ \t]*at /) {
    places++
    if (line ~ /dev\.leat/ && (!shown++ || (!shown_test && index(line, class)))) tell(line)
    if (index(line, class)) shown_test = 1
  } else if (line ~ /^[ \t]*(Caused by|Suppressed): /) {
    places = shown = shown_test = 0
    if (causes++ < 3) tell(line)
  } else if (line !~ /^[ \t]*(\.\.\. .*)?$/ && !places && said++ < max_said) {
    tell(line)
  }
}

# What it prints: the last lines, and the first that are severe; no places of stack traces, and no line twice in a row.
function keep(line) {
  if (line ~ /^[ \t]*(at .*|\.\.\. .*)?$/ || line == kept) return
  kept = line
  if (line ~ /SEVERE|level=error/ && severe < max_severe) loud[severe++] = line
  printed[lines++ % max_printed] = line
}

BEGIN {
  max_severe = 3
  max_width = 500
  max_said = 12
  max_printed = 12
  if (!most) most = 20
}

in_trace {
  trace($0)
  if (/\]\]>/) in_trace = 0
  next
}

in_output {
  end = /\]\]>/
  sub(/\]\]>.*$/, "")
  keep($0)
  if (end) in_output = 0
  next
}

/^ *<testcase / {
  class = attribute("classname", $0)
  name = class "." attribute("name", $0)
  bad = lines = severe = 0
  kept = ""
  next
}

/^ *<(failure|error|skipped)[ >\/]/ {
  bad = 1
  failed++
  places = shown = shown_test = causes = said = 0
  kind = /<skipped/ ? "skipped" : "failing"
  print kind ": " name
  if (/<!\[CDATA\[/) {
    in_trace = 1
    trace($0)
    if (/\]\]>/) in_trace = 0
  } else {
    said = attribute("type", $0)
    tell(said (said ? " " : "") attribute("message", $0))
  }
  next
}

/^ *<system-(out|err)>/ {
  in_output = !/\]\]>/
  sub(/^.*<!\[CDATA\[/, "")
  sub(/\]\]>.*$/, "")
  keep($0)
  next
}

/^ *<\/testcase>/ && bad && lines {
  for (i = 0; i < severe; i++) tell("  it printed: " loud[i])
  tell("  it printed last:")
  for (i = lines > max_printed ? lines - max_printed : 0; i < lines; i++) tell("  " printed[i % max_printed])
}
