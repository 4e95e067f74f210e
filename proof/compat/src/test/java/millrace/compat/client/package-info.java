/// Small programs that are run with the jars of one version of Apache's Java client. They use only what version 2.1 had.
package millrace.compat.client;
