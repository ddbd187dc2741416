// A FIFO of banks, inside it. Its neighbours commit only while it is ready and free only while a bank is available.
    always @* begin
        assume (!commit || ready);
        assume (!free || available);
    end
    localparam BITS = $clog2(`BANKS);
    reg [BITS:0] held = 0;
    reg [BITS-1:0] writes = 0, reads = 0;
    always @(posedge clock) begin
        held <= held + commit - free;
        writes <= writes + commit;
        reads <= reads + free;
    end
    always @* begin
        assert (held <= `BANKS);
        assert (ready == (held < `BANKS));
        assert (roomy == (held < `BANKS - 1));
        assert (available == (held > 0));
        assert (write_bank == writes && read_bank == reads);
        // So the one that is written is the one that is read only with all banks filled, or none.
        assert (writes == BITS'(reads + held));
        // Of four banks, the one flag that no port shows.
        assert (filled$1$q == (held > 1));
    end
