package millrace.settings;

/// How early an operator should read about a setting.
public enum Importance { HIGH, MEDIUM, LOW }
