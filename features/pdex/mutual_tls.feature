@role:payer-server
Feature: How partners reach a payer over mutual TLS
  A payer that exchanges data with partners over mutual TLS lists itself and where it is reached, with the
  signed objects by which it is known.

  Scenario Outline: Every Endpoint record claiming <profile> has <element>
    When a partner looks for the payer's Endpoint records for mutual TLS
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement   | profile       | element                                    |
      | PDEX-PROF-219 | mtls-endpoint | status                                     |
      | PDEX-PROF-220 | mtls-endpoint | connectionType                             |
      | PDEX-PROF-223 | mtls-endpoint | payloadType                                |
      | PDEX-PROF-226 | mtls-endpoint | extension:pdex-mtls-signedobject-extension |

  Scenario Outline: <element> of a Endpoint record claiming <profile> is supplied
    When a partner looks for the payer's Endpoint records for mutual TLS
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement   | profile       | element              |
      | PDEX-PROF-221 | mtls-endpoint | name                 |
      | PDEX-PROF-222 | mtls-endpoint | managingOrganization |
      | PDEX-PROF-224 | mtls-endpoint | payloadMimeType      |
      | PDEX-PROF-225 | mtls-endpoint | identifier           |

  Scenario Outline: Every Organization record claiming <profile> has <element>
    When a partner looks for the payer's Organization records for mutual TLS
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement   | profile           | element        |
      | PDEX-PROF-227 | mtls-organization | active         |
      | PDEX-PROF-228 | mtls-organization | telecom        |
      | PDEX-PROF-229 | mtls-organization | telecom.system |

  Scenario Outline: <element> of a Organization record claiming <profile> is supplied
    When a partner looks for the payer's Organization records for mutual TLS
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement   | profile           | element          |
      | PDEX-PROF-230 | mtls-organization | endpoint         |
      | PDEX-PROF-231 | mtls-organization | identifier.type  |
      | PDEX-PROF-231 | mtls-organization | identifier.value |

  Scenario Outline: <kind> records for mutual TLS are what partners need
    When a partner looks for the payer's <kind> records for mutual TLS
    Then every <profile> record among them holds to that profile

    Examples:
      | requirement  | kind         | profile           |
      | PDEX-MTL-002 | Endpoint     | mtls-endpoint     |
      | PDEX-MTL-003 | Organization | mtls-organization |

  @req:PDEX-MTL-006
  Scenario: Partners learn where to exchange data and where to register
    When a partner looks for the payer's Endpoint records for mutual TLS
    Then it names the server of the exchange and the one where partners register
