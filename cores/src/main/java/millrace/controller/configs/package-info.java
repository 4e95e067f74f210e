/// Dynamic settings: what may be set on which resource, and what is in force for the decisions of a controller.
///
/// Why: the rules of a key (type, bounds, dynamic or not, list or not) are `millrace.settings`'; here they meet the image. A broker's
/// values in force are its own affair; the controller only ever needs the settings file of its node under the cluster default.
///
/// Sources: KIP-226, KIP-339. Start reading at [Configs].
package millrace.controller.configs;
