package org.keyferry.cli.load;

import java.util.List;
import java.util.Optional;
import org.keyferry.vici.ViciMessage.Section;

/// What a load would do.
///
/// @param connections empty if connections were not asked for, or the daemon cannot plan
/// @param cannotPlan why, if it cannot
/// @param ikeSas those that are there now, as list-sas has them
public record Plan(
        List<Change> changes,
        Optional<ConnectionPlan> connections,
        Optional<String> cannotPlan,
        List<Section> ikeSas) {}
