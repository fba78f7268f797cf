package org.keyferry.settings;

/// Where a section or setting was written.
///
/// @param source name of the file, or of whatever else the text came from
/// @param line counted from 1; 0 if the source has no lines
public record Origin(String source, int line) {
    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line;
    }
}
