// A FIFO of two banks. Its neighbours commit only while it is ready and free only while a bank is available.
module banks(input clock, commit, free);
    wire ready, available, write_bank, read_bank;
    bank_pair dut(.clock(clock), .commit(commit), .free(free), .ready(ready), .available(available),
                  .write_bank(write_bank), .read_bank(read_bank));

    always @* begin
        assume (!commit || ready);
        assume (!free || available);
    end
    reg [1:0] filled = 0;
    reg writes = 0, reads = 0;
    always @(posedge clock) begin
        filled <= filled + commit - free;
        writes <= writes ^ commit;
        reads <= reads ^ free;
    end
    always @* begin
        assert (filled <= 2);
        assert (ready == (filled < 2));
        assert (available == (filled > 0));
        assert (write_bank == writes && read_bank == reads);
        // With one bank filled, the one that is written is not the one that is read.
        assert ((writes == reads) == (filled != 1));
    end
endmodule
