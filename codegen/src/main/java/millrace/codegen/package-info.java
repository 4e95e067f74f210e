/// Turns the message schemas that Apache Kafka publishes inside its artefacts into the packages under `millrace.protocol`.
///
/// Why: the schemas are the contract (names, types, versions, tags, defaults), so nobody types a codec by hand, and a new
/// Kafka release is a version number in the pom. It runs while `vocabulary` is built; the module (with [millrace.codegen.link], for `app`) is not part of the product.
///
/// The way of a schema: [SchemaReader] reads the JSON into [Schema], [EvolutionCheck] refuses what could not be told apart on
/// the wire or breaks a promise between versions, [WireLayouts] compares all versions with those that were accepted before,
/// [MessageSource] prints the record with its codec, [ApiKeySource] and [RecordTypesSource] print what belongs to a whole
/// package, and [GeneratedFolder] writes only the files that have changed, so that an unchanged schema does not cost a
/// compilation. Start reading at [Main].
///
/// Only names, numbers and types pass from a schema into the generated code; its prose does not.
package millrace.codegen;
