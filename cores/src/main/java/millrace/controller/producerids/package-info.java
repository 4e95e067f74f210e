/// Producer ids: each broker is given blocks of them, and none is ever given twice.
/// Source: KIP-730. One class: [ProducerIds].
package millrace.controller.producerids;
