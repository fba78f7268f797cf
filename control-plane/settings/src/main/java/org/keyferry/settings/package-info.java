/// Texts of strongswan.conf and swanctl.conf to validated values.
///
/// `SettingsParser` reads the common grammar into a `SettingsTree`; `SwanctlConf` and
/// `StrongswanConf` give it meaning. What a configuration says wrong is a `SettingsException` with
/// file, line and reason.
package org.keyferry.settings;
