@role:payer-client
Feature: A new payer reads the records of its members
  Once a member is matched, the new payer reads what the other payer holds of them: by searches, all at once, or as files.
  It shows the token that it was given for that, and gets over whatever a payer may legally send.

  Rule: Nothing is read that was not opened by a match

    @req:PDEX-MMC-002 @req:PDEX-MMC-008
    Scenario: Members are matched before their records are read
      When the new payer reads members' records
      Then it has had a member matched before

    @req:PDEX-MMC-030
    Scenario: The member is asked for by what the match has brought
      When the new payer is told who a member is
      Then it asks for the member by what it was told

    @req:PDEX-MMC-013
    Scenario Outline: The new payer goes on with <result>
      When the new payer is told who a member is by <result>
      Then it asks for the member by what it was told

      Examples:
        | result                        |
        | an identifier alone           |
        | an identifier and a reference |

    @req:PDEX-CAP-017
    Scenario: The new payer looks first at what the other payer offers
      When the new payer reads members' records
      Then it has looked at what the payer declares before

  Rule: Searches ask for what they may

    @req:PDEX-CAP-022
    Scenario: Benefits are searched for one member at a time
      When the new payer searches benefits by date or type
      Then every search names the member

    @req:PDEX-PROV-024
    Scenario: The new payer asks where records come from
      When the new payer searches members' records
      Then it asks where records come from, too

  Rule: Tokens are asked for and shown

    @req:PDEX-AUT-001 @req:PDEX-AUT-002
    Scenario: The new payer proves who it is
      When the new payer asks for a token
      Then it proves who it is by what it has signed

    @req:PDEX-AUT-029 @req:PDEX-AUT-030
    Scenario: Each member that was matched has a token
      When the new payer is told who a member is
      Then it asks for a token of its own for the member

    @req:PDEX-CLN-001
    Scenario: Records are read with the token
      When the new payer reads members' records
      Then it shows each time a token that it was given

  Rule: Whatever a payer may send is taken in

    Scenario Outline: The new payer gets over <what>
      When the new payer is given <what>
      Then it gets over that and goes on

      Examples:
        | requirement  | what                                        |
        | PDEX-MS-002  | values that are said to be absent           |
        | PDEX-MS-010  | all there is of a member                    |
        | PDEX-MS-012  | coverages whose values are said to be absent |
        | PDEX-MS-016  | elements nobody has told it of              |
        | PDEX-CAP-025 | medicines by their codes                    |
        | PDEX-CAP-025 | medicines in records of their own           |
        | PDEX-CAP-025 | medicines inside of prescriptions           |
